"""The page "Faces": enrol people who agree, recognise and verify them, and see why."""
