using System.Runtime.InteropServices;

namespace Godwit.Server.Security.Authentication;

/// <summary>Writes files that hold secrets: all of the new file, or the old one.</summary>
internal static partial class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Writes beside the file, flushes, and renames. A link is followed, and stays one.</summary>
    /// <exception cref="AuthenticationFileException">It cannot be written; what was there stays.</exception>
    internal static void Write(string path, byte[] content, string what)
    {
        string? temporary = null;
        try
        {
            var target = (File.Exists(path) ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
            temporary = $"{target}.{Guid.NewGuid():N}.new";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            if (File.Exists(target) && !OperatingSystem.IsWindows())
            {
                KeepOwner(target, temporary);
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target) & ~Others);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Delete(temporary);
            throw new AuthenticationFileException([$"{path}: the {what} cannot be written: {exception.Message}"]);
        }
    }

    private static void Delete(string? temporary)
    {
        try
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell.
        }
    }

    /// <summary>Root changes the file of a broker that runs as another user, who has to read it afterwards.</summary>
    private static void KeepOwner(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // struct statx: stx_uid is 4 bytes at 20, stx_gid 4 bytes at 24.
        Span<byte> stat = stackalloc byte[256];
        const int CurrentDirectory = -100;
        const uint OwnerMask = 0x8 | 0x10;
        if (Statx(CurrentDirectory, from, 0, OwnerMask, stat) == 0
            && Chown(to, BitConverter.ToUInt32(stat[20..]), BitConverter.ToUInt32(stat[24..])) != 0)
        {
            throw new UnauthorizedAccessException($"its owner cannot be kept ({Marshal.GetLastPInvokeErrorMessage()})");
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> stat);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Chown(string path, uint user, uint group);
}
