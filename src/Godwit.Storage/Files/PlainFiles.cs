namespace Godwit.Storage.Files;

/// <summary>
/// The files of a store stand in its directory themselves: behind a link there could be a file of somebody else, which would be overwritten, and a
/// directory cannot be written at all.
/// </summary>
internal static class PlainFiles
{
    private const string SegmentSuffix = ".seg";

    private static readonly string[] Names = ["STORE", "STORE.tmp", DiskFs.ProbeName];

    /// <summary>Refuses a directory in which a name that a store uses is not a plain file.</summary>
    /// <exception cref="IOException">The message names the file, and what to do.</exception>
    public static void Check(string directory)
    {
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos().Where(entry => IsUsed(entry.Name)))
        {
            if (entry.LinkTarget is { } target)
            {
                throw new IOException($"{entry.FullName} is a symbolic link to {target}, and a store has plain files only. Put the file itself in its place, or move the link away. Nothing has been changed.");
            }

            if (entry is DirectoryInfo)
            {
                throw new IOException($"{entry.FullName} is a directory where a store has a file. Move it away. Nothing has been changed.");
            }
        }
    }

    private static bool IsUsed(string name) => name.EndsWith(SegmentSuffix, StringComparison.Ordinal) || Names.Contains(name, StringComparer.Ordinal);
}
