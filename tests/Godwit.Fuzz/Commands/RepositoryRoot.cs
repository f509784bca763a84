namespace Godwit.Fuzz.Commands;

/// <summary>The clone that this program was built in.</summary>
internal static class RepositoryRoot
{
    /// <summary>The folder of Godwit.slnx.</summary>
    public static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Godwit.slnx is in no folder above " + AppContext.BaseDirectory);
        }

        return folder.FullName;
    }
}
