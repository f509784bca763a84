using Godwit.Testing.Running;

namespace Godwit.Interop.Browser;

/// <summary>Debian's Chromium without a window, with a profile of its own.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly TemporaryDirectory _profile = new();
    private readonly ProgramRun _run;

    /// <summary>Opens a page; skips the running test when there is no Chromium.</summary>
    /// <param name="address">Of the page.</param>
    /// <param name="trustedKey">SHA-256 of the public key of a certificate that is trusted as if an authority had signed it, base64; or null.</param>
    public Chromium(string address, string? trustedKey)
    {
        string[] trust = trustedKey is null ? [] : ["--ignore-certificate-errors-spki-list=" + trustedKey];
        _run = ProgramRun.Start(
            Programs.Require("chromium", "chromium"),
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=" + _profile.Path, .. trust, address]);
    }

    /// <summary>What it has printed.</summary>
    public string Transcript() => _run.Transcript();

    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        _profile.Dispose();
    }
}
