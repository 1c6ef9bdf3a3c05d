"""The screens: what their panels show."""
