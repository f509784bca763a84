namespace Godwit.Server.Storage;

/// <summary>Where a broker keeps its state when nobody says where.</summary>
public static class StateDirectory
{
    private const string Name = "godwit";

    /// <summary>
    /// <c>$XDG_STATE_HOME/godwit</c>; without that variable <c>/var/lib/godwit</c> for root, <c>~/.local/state/godwit</c> for others, and
    /// on Windows the folder for application data of this machine.
    /// </summary>
    public static string Default
    {
        get
        {
            var stateHome = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (!string.IsNullOrEmpty(stateHome) && Path.IsPathFullyQualified(stateHome))
            {
                return Path.Combine(stateHome, Name);
            }

            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), Name);
            }

            return Environment.IsPrivilegedProcess
                ? Path.Combine("/var/lib", Name)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", Name);
        }
    }
}
