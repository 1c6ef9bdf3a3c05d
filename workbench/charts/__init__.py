"""Charts: arrays in, styled rows of character cells out; nothing here knows a terminal, a theme or a study."""
