namespace Godwit.Testing.Running;

/// <summary>Which programs this machine has; a test whose program is missing is skipped and says what to install.</summary>
public static class Programs
{
    /// <summary>The full path of a program, or null.</summary>
    public static string? Find(string name)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(':')
            .Append("/usr/sbin")                // Debian keeps mosquitto there, which is not on every user's PATH
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Skips the running test when a program is missing.</summary>
    /// <returns>The full path of the program.</returns>
    public static string Require(string name, string package)
    {
        var path = Find(name);
        if (path is null)
        {
            Assert.Skip($"'{name}' is not installed (Debian package {package})");
        }

        return path!;
    }

    /// <summary>Skips the running test when a file that a package brings is missing.</summary>
    public static void RequireFile(string path, string package)
    {
        if (!File.Exists(path))
        {
            Assert.Skip($"'{path}' is not there ({package})");
        }
    }
}
