#!/bin/sh
# What must work in a library that has just been started with Docker Compose.
exec python3 "$(dirname "$0")/journey.py" smoke
