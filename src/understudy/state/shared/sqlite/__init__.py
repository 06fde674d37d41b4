"""A file of SQLite that several processes of one machine share."""
