namespace Godwit.Testing.Running;

/// <summary>Where the files of this repository are: found by walking up to the solution file.</summary>
public static class Repository
{
    /// <summary>The directory that holds <c>Godwit.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The directory of Godwit.Interop, with the scripts of the clients.</summary>
    public static string Interop { get; } = Path.Combine(Root, "tests", "Godwit.Interop");

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Godwit.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException("Godwit.slnx is in no directory above the tests");
    }
}
