"""Commands about users: the first administrator, others, roles, passphrases."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.frame import (
    Site,
    asked,
    engine_of,
    engine_unopened,
    passphrase_of,
    read_passphrase,
    tell_json,
    told,
)
from engine.domain.access import Role
from engine.domain.ids import UserName

_ROLES = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="A duty; may be given again. An auditor or administrator has no other.",
)
_NEW = click.option(
    "--new-passphrase-file",
    "new",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file whose first line is the new passphrase; asked for without it.",
)


@click.group()
def users() -> None:
    """Who may work in the database, and as what.

    \b
    Duties are separate, and the database enforces it:
        clinician       reads and changes records, asks for recommendations and answers them
        author          writes rules
        approver        releases rules, never those that they wrote
        auditor         reads everything, changes nothing, writes findings
        administrator   users, backups, erasure; reads no patient

    \b
    Begin with:
        whyrx users first "Ada Admin"
        whyrx --user "Ada Admin" users add "Ida Auditor" --role auditor
        whyrx --user "Ada Admin" users add "Cleo Clinician" --role clinician
    """  # noqa: D301 - \b keeps the lines in the help


@users.command("first")
@click.argument("name")
@click.pass_obj
@told
def first(site: Site, name: str) -> None:
    """Make the database with its first administrator, NAME.

    The passphrase opens the database and cannot be recovered by anybody: keep a copy where the safety
    officer can find it, or make a second administrator.
    """
    with engine_unopened(site) as engine:
        engine.create_database(name, passphrase_of(site, f"New passphrase of {name}", new=True))
        database = engine.status().database
    click.echo(f"made {database}; {name} is its first administrator")


@users.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@told
def list_users(site: Site, form: str) -> None:
    """List users with their duties, those removed included."""
    with engine_of(site) as engine:
        found = engine.desk.users.all()
    for user in found:
        if form == "json":
            tell_json(user)
            continue
        mark = "" if user.active else "  removed"
        click.echo(f"{user.name}: {', '.join(sorted(user.roles))}  signs as {user.public_key[:16]}{mark}")


@users.command()
@click.argument("name")
@_ROLES
@_NEW
@click.pass_obj
@told
def add(site: Site, name: str, roles: tuple[str, ...], new: Path | None) -> None:
    """Add a user NAME with a first passphrase, which they change."""
    with engine_of(site) as engine:
        engine.vault.add_user(name, _roles(roles), _new(new, name))
    click.echo(f"added {name}: {', '.join(roles)}")


@users.command()
@click.argument("name")
@_ROLES
@click.pass_obj
@told
def roles(site: Site, name: str, roles: tuple[str, ...]) -> None:
    """Give user NAME these duties, and no others. Nobody changes their own."""
    with engine_of(site) as engine:
        engine.desk.users.give_roles(UserName(name), _roles(roles))
    click.echo(f"{name}: {', '.join(roles)}")


@users.command()
@click.argument("name")
@click.pass_obj
@told
def remove(site: Site, name: str) -> None:
    """Remove user NAME; what they did stays in the log under their name."""
    with engine_of(site) as engine:
        engine.vault.remove_user(UserName(name))
    click.echo(f"removed {name}")


@users.command()
@click.argument("name", required=False)
@_NEW
@click.pass_obj
@told
def passphrase(site: Site, name: str | None, new: Path | None) -> None:
    """Change one's own passphrase; or as an administrator set that of NAME, who forgot it.

    A passphrase that is set anew brings a new signing key with it, and the log says so.
    """
    with engine_of(site) as engine:
        if name is None:
            old = passphrase_of(site, "Passphrase so far")
            engine.change_passphrase(old, _new(new, "yours"))
        else:
            engine.vault.set_passphrase(UserName(name), _new(new, name))
    click.echo(f"passphrase of {name or 'yours'} changed")


@users.command()
@click.option("--forget", is_flag=True, help="Ask for the passphrase again from now on.")
@click.pass_obj
@told
def remember(site: Site, *, forget: bool) -> None:
    """Let this operating system keep a key, so that no passphrase is asked for.

    Whoever can use the account can then open the database. Needs the package keyring.
    """
    with engine_of(site) as engine:
        if forget:
            engine.vault.forget()
        else:
            engine.vault.remember()
    click.echo("forgotten" if forget else "remembered")


def _roles(names: tuple[str, ...]) -> frozenset[Role]:
    return frozenset(Role(name) for name in names)


def _new(file: Path | None, whose: str) -> str:
    return asked(f"New passphrase of {whose}", new=True) if file is None else read_passphrase(file)
