using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Godwit.Server.Security.Authentication.Http;

/// <summary>What a service says of a login with status 200. An empty body is a plain yes.</summary>
internal sealed class HttpAnswer
{
    private const int SecondsMax = 315_360_000;        // ten years

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary><c>allow</c>, <c>deny</c> or <c>ignore</c>.</summary>
    internal string Result { get; private init; } = "allow";

    /// <summary>Groups of the user.</summary>
    internal IReadOnlyList<string> Groups { get; private init; } = [];

    /// <summary>There is a list of topics, perhaps an empty one.</summary>
    internal bool NamesTopics { get; private init; }

    /// <summary>Topic Filters to publish to.</summary>
    internal IReadOnlyList<string> Publish { get; private init; } = [];

    /// <summary>Topic Filters to subscribe to.</summary>
    internal IReadOnlyList<string> Subscribe { get; private init; } = [];

    /// <summary>When the login ends; null: never.</summary>
    internal int? ExpiresInSeconds { get; private init; }

    /// <summary>Reads an answer. Whatever is not as it should be makes all of it worthless: a yes that was half understood is none.</summary>
    /// <param name="body">JSON, or empty.</param>
    /// <param name="answer">Null when it cannot be understood.</param>
    internal static bool TryRead(byte[] body, [NotNullWhen(true)] out HttpAnswer? answer)
    {
        answer = null;
        if (body.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            answer = new HttpAnswer();
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            answer = new HttpAnswer
            {
                Result = root.TryGetProperty("result", out var result) ? result.GetString() ?? "" : "allow",
                Groups = Words(root, "groups") ?? [],
                NamesTopics = root.TryGetProperty("publish", out _) || root.TryGetProperty("subscribe", out _),
                Publish = Words(root, "publish") ?? [],
                Subscribe = Words(root, "subscribe") ?? [],
                ExpiresInSeconds = root.TryGetProperty("expires_in", out var seconds) ? seconds.GetInt32() : null,
            };
            return (answer.Result is "allow" or "deny" or "ignore") && (answer.ExpiresInSeconds is null or (> 0 and <= SecondsMax));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static string[]? Words(JsonElement root, string name) =>
        root.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString() ?? throw new FormatException(name))] : null;
}
