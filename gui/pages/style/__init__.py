"""The page "Style": a content and styles become one picture; its views paint, explain and run live."""
