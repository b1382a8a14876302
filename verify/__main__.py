"""``python -m verify`` is the command ``certimin``."""

from verify.commands.main import main

if __name__ == "__main__":
    main()
