# needs: aiofiles
"""aiofiles: files, functions of os, and temporary files."""

import os
import tempfile

import aiofiles
import aiofiles.os
import aiofiles.tempfile


async def example_files():
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "text")
    async with aiofiles.open(path, "w", encoding="utf-8") as file:
        print(await file.write("one\ntwo\n"), file.mode, file.closed)
        await file.writelines(["three\n"])
        await file.flush()
    async with aiofiles.open(path) as file:
        print([line async for line in file])
        await file.seek(4)
        print(await file.readline(), await file.tell(), await file.read(2))
    file = await aiofiles.open(path, "rb", buffering=0)
    print(await file.readall(), await file.seekable())
    await file.close()
    print(await aiofiles.os.listdir(folder), await aiofiles.os.path.getsize(path))
    await aiofiles.os.remove(path)
    print(await aiofiles.os.path.exists(path))
    await aiofiles.os.rmdir(folder)


async def example_temporary():
    async with aiofiles.tempfile.TemporaryDirectory() as folder:
        print(await aiofiles.os.path.isdir(folder))
    print(await aiofiles.os.path.isdir(folder))
    async with aiofiles.tempfile.TemporaryFile("w+") as file:
        await file.write("text")
        await file.seek(0)
        return await file.read()


async def example_missing():
    async with aiofiles.open(os.path.join(tempfile.gettempdir(), "no", "file")):
        print("there")
