namespace Godwit.Kills.Audit;

/// <summary>A system call of the broker, as strace saw it.</summary>
/// <param name="Entry">Its place in the trace; another call that ended at a lower place had ended before this one began.</param>
/// <param name="Exit">The place where it ended.</param>
/// <param name="Name">E.g. <c>pwrite64</c>.</param>
/// <param name="Target">What its file descriptor stands for: a path, or <c>socket:[inode]</c>.</param>
/// <param name="Data">The bytes that were read or written.</param>
/// <param name="Result">Its return value; negative: it failed.</param>
internal sealed record SystemCall(int Entry, int Exit, string Name, string Target, byte[] Data, long Result)
{
    public bool IsSocket => Target.StartsWith("socket:", StringComparison.Ordinal);

    public bool IsFlush => Name is "fsync" or "fdatasync" && Result == 0;

    public bool IsFlushOrWrite => Name is "fsync" or "fdatasync" or "pwrite64" or "pwritev" or "pwritev2";

    public bool IsRead => Name is "read" or "readv" or "recvfrom" or "recvmsg" && Result > 0;

    public bool IsWrite => Result > 0 && (Name.Contains("write", StringComparison.Ordinal) || Name.StartsWith("send", StringComparison.Ordinal));
}
