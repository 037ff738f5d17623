"""python -m spinfem"""

from spinfem.cli import main

main()
