"""The admin API: looking into sessions and changing them, by a contract of its own."""
