"""Who changed which record, when and how: written by the database, read in the admin."""
