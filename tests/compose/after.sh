#!/bin/sh
# What must still be there after `docker compose down` and `up`.
exec python3 "$(dirname "$0")/journey.py" after
