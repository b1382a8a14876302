"""``python -m verify`` is the command ``certimin``."""

from verify.cli import main

if __name__ == "__main__":
    main()
