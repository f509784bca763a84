using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>A token in the compact form of JWS (RFC 7515 §7.1), taken apart and not verified yet.</summary>
internal sealed class SignedToken
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private SignedToken(string? algorithm, string? keyId, JsonElement claims, byte[] signed, byte[] signature) =>
        (Algorithm, KeyId, Claims, Signed, Signature) = (algorithm, keyId, claims, signed, signature);

    /// <summary>What the header says it is signed with. Nothing is done because a token says so: it has to be in the list of what is accepted.</summary>
    internal string? Algorithm { get; }

    /// <summary>The name of the key (<c>kid</c>).</summary>
    internal string? KeyId { get; }

    /// <summary>An object. Worth nothing before the signature is verified.</summary>
    internal JsonElement Claims { get; }

    /// <summary>The bytes that are signed.</summary>
    internal byte[] Signed { get; }

    /// <summary>The signature.</summary>
    internal byte[] Signature { get; }

    /// <summary>Takes a token apart.</summary>
    /// <param name="bytes">Of a password.</param>
    /// <param name="token">Null when it is none.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedToken? token)
    {
        token = null;
        var first = bytes.IndexOf((byte)'.');
        var last = bytes.LastIndexOf((byte)'.');
        if (first <= 0 || last <= first + 1 || bytes[(first + 1)..last].Contains((byte)'.'))
        {
            return false;
        }

        try
        {
            var header = Parse(bytes[..first]);
            var claims = Parse(bytes[(first + 1)..last]);
            if (header.ValueKind != JsonValueKind.Object || claims.ValueKind != JsonValueKind.Object
                || header.TryGetProperty("crit", out _))        // extensions that have to be understood: we understand none (RFC 7515 §4.1.11)
            {
                return false;
            }

            var signature = last + 1 == bytes.Length ? [] : Base64Url.DecodeFromUtf8(bytes[(last + 1)..]);
            token = new SignedToken(Text(header, "alg"), Text(header, "kid"), claims, bytes[..last].ToArray(), signature);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static JsonElement Parse(ReadOnlySpan<byte> part)
    {
        var json = Base64Url.DecodeFromUtf8(part);
        using var document = JsonDocument.Parse(json, Strict);
        RequireText(json);
        return document.RootElement.Clone();
    }

    /// <summary>What is no Unicode (an escape that is half a letter, for example) would be noticed by whoever asks for it, much later.</summary>
    /// <exception cref="InvalidOperationException">There is such a text.</exception>
    private static void RequireText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                _ = reader.GetString();
            }
        }
    }

    private static string? Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
