"""The people who agreed to be remembered: kept on this computer, forgotten without a trace."""
