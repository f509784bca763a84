using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Listeners.Tls;

/// <summary>
/// The certificates of a listener. They are read anew when their files change: handshakes that begin afterwards use the new ones, connections
/// stay as they are, and files that cannot be used change nothing.
/// </summary>
internal sealed class TlsContext
{
    private static readonly int[] WarningDays = [30, 7, 1];
    private static readonly SslApplicationProtocol Mqtt = new("mqtt");

    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CipherSuitesPolicy? _suites;
    private readonly Lock _reading = new();
    private readonly Dictionary<string, int> _warned = new(StringComparer.Ordinal);     // by thumbprint: the days that were warned of; -1: the end
    private volatile TlsMaterial _material;
    private string _loaded;             // how the files looked when they were read
    private string _seen;               // how they looked the last time

    /// <summary>Reads the files.</summary>
    /// <exception cref="TlsFilesException">They cannot be used.</exception>
    internal TlsContext(string name, TlsOptions options, ILogger logger, TimeProvider time)
    {
        (Name, Options, _logger, _time) = (name, options, logger, time);
        _suites = options.CipherSuites.Count == 0 ? null : CreateSuites(options.CipherSuites);
        _loaded = _seen = Look();
        _material = TlsMaterial.Read(options, time);
        foreach (var key in options.Sni.Select(sni => sni.KeyFile).Prepend(options.KeyFile).Where(IsOpenToOthers))
        {
            ListenerLog.KeyOpen(logger, name, key);
        }

        WarnOfEnds();
    }

    internal string Name { get; }

    internal TlsOptions Options { get; }

    /// <summary>What new handshakes use.</summary>
    internal TlsMaterial Material => _material;

    /// <summary>What a handshake needs.</summary>
    /// <param name="host">The name that the client asks for; null: none.</param>
    /// <param name="protocol">Chosen protocol (ALPN) where the client offers it; null: none is named.</param>
    /// <param name="refused">Told why a certificate is refused.</param>
    internal SslServerAuthenticationOptions OptionsFor(string? host, string? protocol, Action<string> refused)
    {
        var material = _material;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Find(host),
            EnabledSslProtocols = Options.Versions,
            CipherSuitesPolicy = _suites,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (protocol is not null)
        {
            options.ApplicationProtocols = [protocol is "mqtt" ? Mqtt : new SslApplicationProtocol(protocol)];
        }

        if (material.Clients is { } clients)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = clients.CreatePolicy();
            options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                var reason = certificate is null
                    ? NoCertificate()
                    : clients.RefusalOf((X509Certificate2)certificate, chain);
                if (reason is not null)
                {
                    refused(reason);
                }

                return reason is null;
            };
        }

        return options;
    }

    /// <summary>Reads the files anew, whether they have changed or not.</summary>
    /// <returns>Null: they are in use; else what is wrong, and those from before stay in use.</returns>
    internal string? Reload()
    {
        lock (_reading)
        {
            _loaded = _seen = Look();
            return Read();
        }
    }

    /// <summary>
    /// Reads the files anew when they have changed, and look the same as when they were looked at before: a certificate and its key are two files,
    /// and who writes them needs a moment.
    /// </summary>
    internal void LookAgain()
    {
        lock (_reading)
        {
            var looks = Look();
            var isSettled = string.Equals(looks, _seen, StringComparison.Ordinal);
            _seen = looks;
            if (isSettled && !string.Equals(looks, _loaded, StringComparison.Ordinal))
            {
                _loaded = looks;
                Read();
            }
        }
    }

    /// <summary>Warns of certificates that end within 30, 7 and 1 days, once for each.</summary>
    internal void WarnOfEnds()
    {
        lock (_reading)
        {
            WarnOfEnds(_time.GetUtcNow());
        }
    }

    private static CipherSuitesPolicy CreateSuites(IReadOnlyList<string> names)
    {
        var suites = new List<TlsCipherSuite>();
        foreach (var name in names)
        {
            if (!Enum.TryParse<TlsCipherSuite>(name, ignoreCase: true, out var suite) || char.IsDigit(name[0]))
            {
                throw new TlsFilesException($"CipherSuites: '{name}' is not the name of a cipher suite. Names are those of IANA, e.g. TLS_AES_128_GCM_SHA256 (openssl ciphers -stdname shows both names).");
            }

            suites.Add(suite);
        }

        try
        {
#pragma warning disable CA1416 // Windows and Android refuse it, which is said below.
            return new CipherSuitesPolicy(suites);
#pragma warning restore CA1416
        }
        catch (PlatformNotSupportedException exception)
        {
            throw new TlsFilesException("CipherSuites cannot be chosen on this system; leave the key out.", exception);
        }
    }

    private static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

    private string? NoCertificate() =>
        Options.ClientCertificate == ClientCertificateMode.Required ? "it shows no certificate" : null;

    private string? Read()
    {
        try
        {
            _material = TlsMaterial.Read(Options, _time);
        }
        catch (TlsFilesException exception)
        {
            ListenerLog.CertificatesBad(_logger, Name, exception.Message);
            return exception.Message;
        }

        var certificate = _material.Default.TargetCertificate;
        ListenerLog.CertificatesRead(_logger, Name, $"{certificate.Subject} until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
        WarnOfEnds();
        return null;
    }

    private void WarnOfEnds(DateTimeOffset now)
    {
        foreach (var certificate in _material.All)
        {
            var left = certificate.NotAfter.ToUniversalTime() - now.UtcDateTime;
            var stage = left <= TimeSpan.Zero ? -1 : WarningDays.Where(days => left.TotalDays <= days).DefaultIfEmpty(int.MaxValue).Min();
            if (stage == int.MaxValue || _warned.GetValueOrDefault(certificate.Thumbprint, int.MaxValue) <= stage)
            {
                continue;
            }

            _warned[certificate.Thumbprint] = stage;
            var end = certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            if (stage < 0)
            {
                ListenerLog.CertificateEnded(_logger, Name, certificate.Subject, end);
            }
            else
            {
                ListenerLog.CertificateEnds(_logger, Name, certificate.Subject, end, (int)left.TotalDays);
            }
        }
    }

    /// <summary>Sizes and times of all files, behind the links that lead to them.</summary>
    private string Look()
    {
        var paths = new[] { Options.CertificateFile, Options.KeyFile, Options.KeyPasswordFile, Options.ClientCaFile, Options.CrlFile }
            .Concat(Options.Sni.SelectMany(sni => new[] { sni.CertificateFile, sni.KeyFile }))
            .OfType<string>()
            .SelectMany(FilesOf);
        return string.Join('|', paths.Select(LookAt));
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.GetFiles(path).Order(StringComparer.Ordinal) : [path];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [path];
        }
    }

    private static string LookAt(string path)
    {
        try
        {
            var file = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
            return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}") : path + " missing";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return path + " unreadable";
        }
    }
}
