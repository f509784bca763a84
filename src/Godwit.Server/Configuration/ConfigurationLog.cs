using Microsoft.Extensions.Logging;

namespace Godwit.Server.Configuration;

/// <summary>Lines about the configuration.</summary>
public static partial class ConfigurationLog
{
    /// <summary>Writes what came of a reload.</summary>
    /// <param name="logger">For the lines.</param>
    /// <param name="cause">What has asked for it, e.g. <c>SIGHUP</c>.</param>
    /// <param name="result">What came of it.</param>
    public static void Write(ILogger logger, string cause, ReloadResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (var warning in result.Warnings)
        {
            Warning(logger, warning);
        }

        if (result.Error is { } error)
        {
            foreach (var line in error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                Failed(logger, cause, line);
            }

            return;
        }

        foreach (var change in result.Applied)
        {
            Applied(logger, change);
        }

        foreach (var change in result.Pending)
        {
            Pending(logger, change);
        }

        Reloaded(logger, cause, result.Applied.Count, result.Pending.Count);
    }

    /// <summary>Something in the configuration that an administrator should know.</summary>
    [LoggerMessage(150, LogLevel.Warning, "configuration: {Message}")]
    public static partial void Warning(ILogger logger, string message);

    [LoggerMessage(151, LogLevel.Error, "reload ({Cause}) failed, the configuration stays as it was: {Message}")]
    private static partial void Failed(ILogger logger, string cause, string message);

    [LoggerMessage(152, LogLevel.Information, "reload: {Change}")]
    private static partial void Applied(ILogger logger, string change);

    [LoggerMessage(153, LogLevel.Warning, "reload: takes a restart, the old value holds until then: {Change}")]
    private static partial void Pending(ILogger logger, string change);

    [LoggerMessage(154, LogLevel.Information, "reload ({Cause}): {Applied} changes hold, {Pending} take a restart")]
    private static partial void Reloaded(ILogger logger, string cause, int applied, int pending);
}
