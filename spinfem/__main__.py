"""python -m spinfem"""

from spinfem.cli import app

app(prog_name="spinfem")
