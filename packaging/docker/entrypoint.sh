#!/bin/sh
# What a container starts: the configuration that is mounted, ours before Mosquitto's; without one, an open broker on 1883.
set -eu
if [ $# -gt 0 ]; then
  exec godwit "$@"
elif [ -f /config/godwit.json ]; then
  exec godwit serve -c /config/godwit.json --data /data
elif [ -f /mosquitto/config/mosquitto.conf ]; then
  exec godwit serve -c /mosquitto/config/mosquitto.conf --data /data
else
  exec godwit serve --bind 0.0.0.0 --allow-anonymous --data /data
fi
