using System.Diagnostics;

namespace Godwit.Storage.Tests.Files;

/// <summary>A folder that goes away with the test; a small file system of its own when asked for.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private bool _isMounted;

    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "godwit-" + Guid.NewGuid().ToString("n"));

    /// <summary>Makes it a file system in memory.</summary>
    /// <returns>What mount said; empty when it worked.</returns>
    public string Mount(int sizeBytes)
    {
        var error = Run("mount", "-t", "tmpfs", "-o", $"size={sizeBytes}", "tmpfs", Path);
        _isMounted = error.Length == 0;
        return error;
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", Path);
        }

        Directory.Delete(Path, recursive: true);
    }

    private static string Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? "" : $"{program}: exit code {process.ExitCode}: {error}";
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
