using System.Globalization;
using System.Text.RegularExpressions;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto.Running;

/// <summary>
/// A copy of one example. Port numbers become free ones and the directories of Debian's package become directories of this copy;
/// nothing else changes.
/// </summary>
internal sealed partial class Example : IDisposable
{
    private static readonly string[] Folders = ["/etc/mosquitto", "/var/lib/mosquitto", "/var/log/mosquitto", "/run/mosquitto"];

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<int, int> _ports = [];
    private readonly List<string> _sockets = [];

    internal Example(string name)
    {
        foreach (var folder in Folders)
        {
            Directory.CreateDirectory(PathOf(folder));
        }

        Certificates.WriteTo(PathOf("/etc/mosquitto/certs"));
        Copy(Path.Combine(All, name), PathOf("/etc/mosquitto"));
        Open(_directory.Path);
    }

    /// <summary>The directory of all examples.</summary>
    internal static string All { get; } = Path.Combine(Repository.Root, "tests", "Godwit.Mosquitto", "examples");

    /// <summary>Names of all examples.</summary>
    internal static IEnumerable<string> Names => Directory.EnumerateDirectories(All).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    /// <summary>The file for one broker. An example with options of Mosquitto 2.1 has a second one that says the same to 2.0.</summary>
    internal string ConfigurationFile(BrokerKind kind)
    {
        var older = PathOf("/etc/mosquitto/mosquitto-2.0.conf");
        return kind == BrokerKind.Mosquitto && File.Exists(older) ? older : PathOf("/etc/mosquitto/mosquitto.conf");
    }

    /// <summary>The ports that are listened on.</summary>
    internal IEnumerable<int> Ports => _ports.Values;

    /// <summary>The Unix sockets that are listened on.</summary>
    internal IReadOnlyList<string> Sockets => _sockets;

    /// <summary>The port that stands for one of the example.</summary>
    internal int Port(int number) => _ports[number];

    /// <summary>From now on a port of the example is another one, e.g. that of a proxy.</summary>
    internal void Redirect(int number, int port) => _ports[number] = port;

    /// <summary>Where a path of the example is in this copy.</summary>
    internal string PathOf(string path) => _directory.Path + path;

    public void Dispose() => _directory.Dispose();

    [GeneratedRegex(@"^(?<option>(?:listener|port) +)(?<port>[1-9][0-9]*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PortOption();

    [GeneratedRegex(@"^listener 0 (?<path>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SocketOption();

    // Started by root, mosquitto goes on as another user, who needs its files.
    private static void Open(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
        File.SetUnixFileMode(directory, Everybody);
        foreach (var folder in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(folder, Everybody);
        }
    }

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            var text = File.ReadAllText(file);
            File.WriteAllText(Path.Combine(to, Path.GetFileName(file)), file.EndsWith(".conf", StringComparison.Ordinal) ? Rewrite(text) : text);
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private string Rewrite(string text)
    {
        foreach (var folder in Folders)
        {
            text = text.Replace(folder, PathOf(folder), StringComparison.Ordinal);
        }

        _sockets.AddRange(SocketOption().Matches(text).Select(match => match.Groups["path"].Value));
        return PortOption().Replace(text, match => match.Groups["option"].Value + FreePortFor(match.Groups["port"].Value));
    }

    private string FreePortFor(string number)
    {
        var port = int.Parse(number, CultureInfo.InvariantCulture);
        if (!_ports.TryGetValue(port, out var free))
        {
            do
            {
                free = FreePort.Next();
            }
            while (_ports.ContainsValue(free));                     // nobody listens on the others yet

            _ports[port] = free;
        }

        return free.ToString(CultureInfo.InvariantCulture);
    }
}
