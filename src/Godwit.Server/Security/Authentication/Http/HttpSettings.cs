namespace Godwit.Server.Security.Authentication.Http;

/// <summary>Of a source that is asked over HTTP.</summary>
public sealed class HttpSettings
{
    /// <summary>Where logins are asked about, by POST.</summary>
    public string? Url { get; set; }

    /// <summary>How the question is written.</summary>
    public HttpForm Form { get; set; }

    /// <summary>A file whose first line is sent as <c>Authorization: Bearer ...</c>; null: none.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Time for one question, in milliseconds.</summary>
    public int TimeLimitMs { get; set; } = 3_000;

    /// <summary>Questions at the same time; more wait, sixteen times as many.</summary>
    public int ConcurrentMax { get; set; } = 32;

    /// <summary>How long a yes is remembered, in seconds; 0: not at all.</summary>
    public int CacheSeconds { get; set; } = 60;

    /// <summary>Answers that are remembered.</summary>
    public int CacheEntriesMax { get; set; } = 50_000;

    /// <summary>Failures in a row after which the service is left alone for a while; 0: never.</summary>
    public int BreakAfter { get; set; } = 10;

    /// <summary>How long it is left alone, in milliseconds.</summary>
    public int BreakMs { get; set; } = 5_000;
}
