namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>Reads the keys of a source of tokens, and checks that they fit its algorithms.</summary>
internal static class TokenKeyLoader
{
    private const int FileBytesMax = 1 << 20;

    /// <summary>One of the three ways to name keys, and at least one algorithm.</summary>
    internal static bool IsComplete(TokenSettings settings) =>
        settings.Algorithms.Count > 0 && new[] { settings.KeyFile, settings.KeyUrl, settings.SecretFile }.Count(way => way is not null) == 1;

    /// <summary>Reads a file.</summary>
    /// <param name="name">Of the source, for errors.</param>
    /// <param name="settings">Of the source; they name a file.</param>
    /// <exception cref="AuthenticationFileException">It cannot be used.</exception>
    internal static FixedTokenKeys Read(string name, TokenSettings settings)
    {
        var path = settings.KeyFile ?? settings.SecretFile!;
        var content = SecretFile.Read(path, FileBytesMax, "file of keys");
        var keys = new TokenKeySet([TokenKey.Secret(content.AsSpan().TrimEnd("\r\n"u8).ToArray())]);
        if (settings.SecretFile is null && !TokenKeySet.TryRead(content, mayHoldSecrets: true, out keys, out var error))
        {
            throw new AuthenticationFileException([$"{path}: it {error}"]);
        }

        var useless = settings.Algorithms.Where(word => TokenAlgorithm.Find(word) is not { } algorithm || !keys.Candidates(id: null, algorithm).Any()).ToList();
        return useless.Count == 0
            ? new FixedTokenKeys(keys)
            : throw new AuthenticationFileException(
                [$"{path}: the source '{name}' has no key for {string.Join(", ", useless)}: kind, curve and size have to fit (RSA at least 2048 bits, a secret as many as the hash)"]);
    }
}
