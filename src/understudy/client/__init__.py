"""The admin API as a program sees it, of a sandbox that runs elsewhere."""
