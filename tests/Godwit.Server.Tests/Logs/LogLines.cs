using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Tests.Logs;

/// <summary>What a log with some options writes.</summary>
internal static class LogLines
{
    /// <summary>Lets something be logged, and gives the lines.</summary>
    /// <param name="settings"><c>Name=Value</c> of the section Log.</param>
    /// <param name="write">Logs.</param>
    internal static string[] Of(string[] settings, Action<ILogger> write)
    {
        var target = new StringWriter { NewLine = "\n" };
        using (var output = LogOutput.Create(Options(settings), target, TextWriter.Null))
        {
            write(output.CreateLogger("Godwit"));
        }

        return target.ToString().Split('\n')[..^1];
    }

    internal static LogOptions Options(params string[] settings)
    {
        var options = new ServerOptions();
        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2);
            Assert.Null(Set(options, parts[0], parts[1]));
        }

        return options.Log;
    }

    /// <summary>Sets a key of the section as a configuration does.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    internal static string? Set(ServerOptions options, string name, string value)
    {
        var assignment = new ConfigurationAssignment($"Log:{name}", [value], ValueShape.Plain, ConfigurationOrigin.Default);
        return ConfigurationKeys.Find($"Log:{name}", out var indices)!.Set(options, indices, assignment);
    }
}
