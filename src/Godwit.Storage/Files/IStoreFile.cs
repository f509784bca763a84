namespace Godwit.Storage.Files;

/// <summary>An open file of a store. Reads may come from any thread, everything else from one thread at a time.</summary>
public interface IStoreFile : IDisposable
{
    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Reads from a place.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="offset">From the start of the file.</param>
    /// <returns>Bytes read: fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all of it, and makes the file longer when needed. After a failure any part of it may have been written.</summary>
    /// <param name="bytes">What.</param>
    /// <param name="offset">From the start of the file.</param>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>
    /// Returns when everything written so far outlives a power cut. After a failure nobody knows what did, and a second call may succeed
    /// without having written anything: the file must not be used any more.
    /// </summary>
    void Flush();

    /// <summary>
    /// What was written there goes to the disk now, so that the next <see cref="Flush"/> has little left to do; nothing is durable before it. May do
    /// nothing.
    /// </summary>
    /// <param name="offset">From the start of the file.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="wait">
    /// Returns when it is there, and reports a failure, as <see cref="Flush"/> does, which would not see it any more. Without waiting nothing
    /// is reported here.
    /// </param>
    void WriteBack(long offset, long length, bool wait)
    {
    }

    /// <summary>
    /// What the system has of it in memory and on the disk alike need not stay in memory: the next reading comes from the disk. A hint, which
    /// costs whoever else reads it the same; no error. May come from any thread.
    /// </summary>
    /// <param name="offset">From the start of the file.</param>
    /// <param name="length">Bytes; 0 is up to the end.</param>
    void DropCache(long offset, long length)
    {
    }

    /// <summary>Cuts the file, or makes it longer without setting space aside.</summary>
    void SetLength(long length);
}
