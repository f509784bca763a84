namespace Godwit.Server.Hosting;

/// <summary>The server cannot start; the message says why and what to do.</summary>
public sealed class ServerStartException : Exception
{
    /// <summary>Exit code when the configuration is invalid.</summary>
    public const int InvalidConfiguration = 2;

    /// <summary>Exit code when a port cannot be bound or the data directory is locked, and when the broker failed while running.</summary>
    public const int CannotRun = 3;

    /// <summary>Makes the exception.</summary>
    /// <param name="message">One or two lines for a person.</param>
    /// <param name="exitCode">Of the process.</param>
    public ServerStartException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    /// <summary>Of the process.</summary>
    public int ExitCode { get; }
}
