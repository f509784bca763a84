namespace Godwit.Storage.Files;

/// <summary>
/// The one directory of a store. Names are plain file names. What changes the directory (create, rename, delete) outlives a power cut only
/// after <see cref="SyncDirectory"/>. No space is <see cref="StoreFullException"/>; any other failure is an <see cref="IOException"/>.
/// Used by one thread at a time.
/// </summary>
public interface IStoreFs
{
    /// <summary>Bytes that can still be allocated.</summary>
    long FreeBytes { get; }

    /// <summary>The names of all files, in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>There is a file of this name.</summary>
    bool Exists(string name);

    /// <summary>Makes a new file; only its owner may read or write it.</summary>
    /// <param name="name">There is none of this name, else <see cref="IOException"/>.</param>
    /// <param name="preallocateBytes">
    /// Length of the file, and the space for it is set aside: writes below it do not run out of space. Its bytes are 0. When there is no
    /// space, no file is left behind.
    /// </param>
    /// <returns>The caller disposes it.</returns>
    IStoreFile Create(string name, long preallocateBytes);

    /// <summary>Opens a file for reading and writing.</summary>
    /// <returns>The caller disposes it.</returns>
    IStoreFile Open(string name);

    /// <summary>Gives a file another name. A file that has this name is replaced.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file.</summary>
    void Delete(string name);

    /// <summary>Removes a file that is open, and closes it. Its space may come back a little later: who waits for a flush does not wait for that.</summary>
    void DeleteOpen(string name, IStoreFile file)
    {
        Delete(name);
        file.Dispose();
    }

    /// <summary>Returns when all changes of the directory so far outlive a power cut.</summary>
    void SyncDirectory();
}
