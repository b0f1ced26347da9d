# python: 3.11
# needs: anyio
# tasks: turns
"""Files and paths of anyio."""

import os
import pathlib
import tempfile

import anyio
from anyio import AsyncFile, EndOfStream, Path, open_file, wrap_file
from anyio.streams.file import FileReadStream, FileStreamAttribute, FileWriteStream


async def in_folder(work):
    with tempfile.TemporaryDirectory() as folder:
        return await work(Path(folder))


async def example_files():
    async def work(folder):
        path = folder / "file.txt"
        async with await open_file(path, "w", encoding="utf-8") as file:
            print(await file.write("one\n"), isinstance(file, AsyncFile))
            await file.writelines(["two\n", "three"])
            await file.flush()
        async with await open_file(path) as file:
            print(await file.read(3), await file.readline(), await file.tell())
            print(await file.seek(0), await file.readlines())
            print(file.mode, file.closed, os.path.basename(file.name))
            await file.seek(0)
            async for line in file:
                print(repr(line))
        print(file.closed)
        file = wrap_file(open(path, "rb"))
        buffer = bytearray(2)
        print(await file.readinto(buffer), bytes(buffer), await file.read1())
        await file.aclose()
        try:
            await file.read()
        except ValueError as error:
            print(error)
        return file.wrapped.closed

    return await in_folder(work)


async def example_no_file():
    try:
        await open_file("/does/not/exist")
    except FileNotFoundError as error:
        return error.errno


async def example_pure_paths():
    path = Path("/a/b", "c.tar.gz")
    print(path, repr(path), os.fspath(path), bytes(path))
    print(path.name, path.stem, path.suffix, path.suffixes, path.parts)
    print(path.parent, [str(each) for each in path.parents], path.root, path.anchor)
    print(path.with_name("d"), path.with_suffix(".z"), path.with_stem("e"))
    print(path.relative_to("/a"), path.is_relative_to("/x"), path.is_absolute())
    print(path / "d", "/x" / Path("y"), path.joinpath("e", "f"), path.match("*.gz"))
    print(path == Path("/a/b/c.tar.gz"), path == pathlib.Path("/a/b/c.tar.gz"))
    print(path < Path("/b"), hash(path) == hash(pathlib.Path(path)), path.as_uri())
    try:
        Path("x", limiter=3)
    except TypeError as error:
        print(error)
    return isinstance(path, os.PathLike), isinstance(path.parent, Path)


async def example_paths():
    async def work(folder):
        path = folder / "file"
        print(await path.exists(), await folder.is_dir(), await path.is_file())
        print(await path.write_text("text"), await path.read_text())
        print(await path.write_bytes(b"bytes"), await path.read_bytes())
        print((await path.stat()).st_size, await path.samefile(path))
        moved = await path.rename(folder / "moved")
        print(moved.name, isinstance(moved, Path), await path.exists())
        await (folder / "in" / "deep").mkdir(parents=True)
        await (folder / "in" / "other.py").touch()
        print(sorted([each.name async for each in folder.iterdir()]))
        print([each.name async for each in folder.glob("*/*.py")])
        print([each.name async for each in folder.rglob("*.py")])
        async with await moved.open("rb") as file:
            print(await file.read())
        link = folder / "link"
        await link.symlink_to(moved)
        print((await link.readlink()).name, await link.is_symlink())
        print((await link.resolve()).name, (await link.absolute()).name)
        await link.unlink()
        await link.unlink(missing_ok=True)
        try:
            await link.unlink()
        except FileNotFoundError:
            print("not there")
        await (folder / "in" / "deep").rmdir()
        print(str(await Path.cwd()) == os.getcwd(), await Path.home() == Path("~"))
        return isinstance(await folder.expanduser(), Path)

    return await in_folder(work)


async def example_cancelled():
    with anyio.CancelScope() as scope:
        scope.cancel()
        await Path("x").exists()
        print("not reached")
    return scope.cancelled_caught


async def example_file_streams():
    async def work(folder):
        path = folder / "file"
        async with await FileWriteStream.from_path(path) as stream:
            await stream.send(b"one ")
        async with await FileWriteStream.from_path(path, append=True) as stream:
            await stream.send(b"two")
        try:
            await stream.send(b"closed")
        except anyio.ClosedResourceError as error:
            print(repr(error))
        async with await FileReadStream.from_path(path) as stream:
            print(await stream.receive(3), await stream.tell(), await stream.seek(1))
            print([each async for each in stream])
            print(stream.extra(FileStreamAttribute.path).name)
            print(stream.extra(FileStreamAttribute.fileno) > 2)
            try:
                await stream.receive()
            except EndOfStream as error:
                print(repr(error))
        return "done"

    return await in_folder(work)
