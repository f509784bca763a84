using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>What the sources have said together.</summary>
/// <param name="Options">To start a broker with, when <see cref="IsValid"/>.</param>
/// <param name="Messages">All errors and warnings, by file and line.</param>
/// <param name="Origins">Where each value that is not a default was said, by its path as <see cref="ConfigurationKeys.PathOf"/> writes it.</param>
/// <param name="Files">The files that were read, to be watched.</param>
public sealed record LoadedConfiguration(
    ServerOptions Options,
    IReadOnlyList<ConfigurationMessage> Messages,
    IReadOnlyDictionary<string, ConfigurationOrigin> Origins,
    IReadOnlyList<string> Files)
{
    /// <summary>Nothing is wrong with it; there may be warnings.</summary>
    public bool IsValid => Messages.All(message => !message.IsError);

    /// <summary>All errors, a line each.</summary>
    public string Errors => string.Join(Environment.NewLine, Messages.Where(message => message.IsError));

    /// <summary>Where a value was said; <see cref="ConfigurationOrigin.Default"/>: nowhere.</summary>
    public ConfigurationOrigin OriginOf(string path) => Origins.GetValueOrDefault(path, ConfigurationOrigin.Default);
}
