using Godwit.Server.Hosting;
using Godwit.Server.Listeners;

namespace Godwit.Server.Configuration;

/// <summary>The keys of the array <c>Listeners</c>, and how its elements are found.</summary>
internal static class ListenerSection
{
    internal const string Path = "Listeners";
    internal const string Element = Path + ":*";
    internal const string Tls = Element + ":Tls";
    internal const string Sni = Tls + ":Sni";

    private const bool Hot = true;

    private static readonly string[] Files =
        [nameof(TlsOptions.CertificateFile), nameof(TlsOptions.KeyFile), nameof(TlsOptions.KeyPasswordFile), nameof(TlsOptions.ClientCaFile), nameof(TlsOptions.CrlFile)];

    private static readonly KeyTable<SniSlot> SniKeys = new()
    {
        { nameof(SniCertificate.Host), KeyTypes.Text, s => s.Value.Host, (s, v) => s.Value = s.Value with { Host = v! }, Hot, "", "The host name that clients ask for, or *.example.org for every name with one label in that place." },
        { nameof(SniCertificate.CertificateFile), KeyTypes.File, s => s.Value.CertificateFile, (s, v) => s.Value = s.Value with { CertificateFile = v! }, Hot, "", "PEM: the certificate for that name, then those that lead to the CA." },
        { nameof(SniCertificate.KeyFile), KeyTypes.File, s => s.Value.KeyFile, (s, v) => s.Value = s.Value with { KeyFile = v! }, Hot, "", "PEM: its private key." },
    };

    /// <summary>All keys.</summary>
    internal static IEnumerable<ConfigurationKey> Keys =>
    [
        .. TextKeys.Of(ListenerKeys.Listener, [], nameof(ListenerOptions.UnixPath)).At(Element, Find),
        .. TextKeys.Of(ListenerKeys.Tls, Files).At(Tls, FindTls),
        .. SniKeys.At(Sni + ":*", (options, indices, isForWriting) => SniSlot.Find(FindTls(options, indices, isForWriting), indices[1], isForWriting)),
    ];

    /// <summary>How many there are.</summary>
    internal static IEnumerable<(string Path, Func<ServerOptions, IReadOnlyList<int>, int> Count)> Arrays =>
    [
        (Path, (options, _) => options.Listeners.Count),
        (Sni, (options, indices) => FindTls(options, indices, isForWriting: false)?.Sni.Count ?? 0),
    ];

    private static ListenerOptions? Find(ServerOptions options, IReadOnlyList<int> indices, bool isForWriting)
    {
        while (isForWriting && options.Listeners.Count <= indices[0])
        {
            options.Listeners.Add(new ListenerOptions());
        }

        return indices[0] < options.Listeners.Count ? options.Listeners[indices[0]] : null;
    }

    private static TlsOptions? FindTls(ServerOptions options, IReadOnlyList<int> indices, bool isForWriting)
    {
        var listener = Find(options, indices, isForWriting);
        return isForWriting ? listener!.Tls ??= new TlsOptions() : listener?.Tls;
    }

    /// <summary>One place in a list of certificates, which are immutable.</summary>
    private sealed class SniSlot
    {
        private readonly TlsOptions _tls = new() { Sni = [new SniCertificate("", "", "")] };
        private readonly int _index;

        public SniSlot()
        {
        }

        private SniSlot(TlsOptions tls, int index) => (_tls, _index) = (tls, index);

        internal SniCertificate Value
        {
            get => _tls.Sni[_index];
            set => _tls.Sni = [.. _tls.Sni.Take(_index), value, .. _tls.Sni.Skip(_index + 1)];
        }

        internal static SniSlot? Find(TlsOptions? tls, int index, bool isForWriting)
        {
            while (isForWriting && tls!.Sni.Count <= index)
            {
                tls.Sni = [.. tls.Sni, new SniCertificate("", "", "")];
            }

            return tls is not null && index < tls.Sni.Count ? new SniSlot(tls, index) : null;
        }
    }
}
