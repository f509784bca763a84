using System.Globalization;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Cli.Commands;

/// <summary>The number of the process in a file, for scripts that want to signal it; gone when it ends.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the file. That it cannot be written is no reason not to start: who runs under systemd mostly may not, and need not.</summary>
    /// <param name="path">Null: none is wanted.</param>
    /// <param name="logger">Is told why it cannot be written.</param>
    internal static PidFile? Write(string? path, ILogger logger)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new PidFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ProcessLog.NoPidFile(logger, path, exception.Message);
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start writes over it.
        }
    }
}
