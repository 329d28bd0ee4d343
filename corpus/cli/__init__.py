"""The command line: each verb parses, calls and reports; nothing else happens here.

Heavy imports stand inside the commands, so that `corpus --help` answers at once.
"""

import os
import sys

import click

from corpus import __version__
from corpus.cli.build import export, segment, validate
from corpus.cli.inspect import diff, evaluate, schema, stats, verify
from corpus.cli.publish import push, takedown


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="corpus")
def corpus() -> None:
    """Turn raw Urdu news pages into an annotated, versioned corpus.

    \b
    Example:
      corpus validate raw
      corpus export raw --out dist
      python -c "from datasets import load_dataset; print(load_dataset('dist/1.0.0'))"
    """


for command in (validate, export, segment, verify, diff, stats, evaluate, takedown, push, schema):
    corpus.add_command(command)


def main() -> None:
    """Run the command line; every error a user can mend is one sentence, never a traceback."""
    # Batches are mapped in threads already; BLAS's own would only wait for each other (a fifth of an export's time).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = corpus.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped; nothing was left half-written.", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        code = 141
    except Exception as error:
        from corpus.errors import CorpusError, UsageError, reason

        if isinstance(error, OSError) and error.filename:
            error = CorpusError(f"{error.filename}: {reason(error)}; check the path and its permissions")
        if not isinstance(error, CorpusError):
            raise
        click.echo(f"corpus: {error}", err=True)
        code = 2 if isinstance(error, UsageError) else 1
    sys.exit(code if isinstance(code, int) else 0)
