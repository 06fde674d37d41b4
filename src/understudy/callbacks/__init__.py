"""What a sandbox sends by itself: the callbacks of an operation and the webhooks of a contract."""
