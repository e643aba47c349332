"""A shelf of short works made for this project, with which an empty library can be tried out."""
