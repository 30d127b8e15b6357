#!/bin/sh
# Opens the window. On a machine without a display it draws the tour to tour/ instead, as pictures with an index.html.
#   sh tools/run.sh [argument of app.py ...]
set -eu
cd "$(dirname "$0")/.."

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ] && [ -z "${QT_QPA_PLATFORM:-}" ]; then
    echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open."
    echo "Drawing the tour instead."
    QT_QPA_PLATFORM=offscreen .venv/bin/python app.py --tour tour "$@"
    echo "Open $(pwd)/tour/index.html in a browser to see every page."
else
    exec .venv/bin/python app.py "$@"
fi
