using System.Collections.Concurrent;
using System.Globalization;
using Godwit.Testing.Running;

namespace Godwit.Links.Namespaces;

/// <summary>
/// Two network namespaces and a cable between them: the broker listens in one, all clients run in the other. Their names hold the
/// process id of the tests, so that the next run finds what a run that was killed has left behind.
/// </summary>
public sealed class NamespacePair : IDisposable
{
    /// <summary>The name of the network interface in both namespaces.</summary>
    public const string Device = "cable";

    /// <summary>The broker's address. Namespaces know nothing of each other, so every pair has the same.</summary>
    public const string BrokerHost = "10.77.0.1";

    /// <summary>What the names of all namespaces begin with; the process id follows.</summary>
    public const string Prefix = "godwit-links-";

    private const string Folder = "/run/netns";

    private static readonly ConcurrentDictionary<string, NamespacePair> Open = new(StringComparer.Ordinal);
    private static int _last;

    private readonly string _ip;

    /// <summary>Also when a signal ends the tests, the namespaces are removed.</summary>
    static NamespacePair() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var pair in Open.Values)
        {
            pair.Dispose();
        }
    };

    /// <summary>Makes two namespaces and connects them.</summary>
    /// <param name="mtu">The largest IP packet that the cable carries, in bytes.</param>
    /// <exception cref="CommandFailedException">Namespaces are not permitted or not to be had.</exception>
    public NamespacePair(int mtu)
    {
        _ip = Programs.Find("ip") ?? throw new CommandFailedException("'ip' is not installed (Debian package iproute2)", mayBeRefused: true);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _last)}");
        (BrokerSide, ClientSide) = ($"{name}-broker", $"{name}-clients");
        Open[name] = this;
        try
        {
            IfPermitted("netns", "add", BrokerSide);
            IfPermitted("netns", "add", ClientSide);
            RemoveStaleOnes();
            IfPermitted("link", "add", Device, "netns", BrokerSide, "type", "veth", "peer", "name", Device, "netns", ClientSide);
            SetUp(BrokerSide, $"{BrokerHost}/30", mtu);
            SetUp(ClientSide, "10.77.0.2/30", mtu);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The name of the broker's namespace.</summary>
    public string BrokerSide { get; }

    /// <summary>The name of the clients' namespace.</summary>
    public string ClientSide { get; }

    /// <summary>What a command line begins with so that the program runs in a namespace; <c>ip</c> becomes the program.</summary>
    public IReadOnlyList<string> Inside(string side) => [_ip, "netns", "exec", side];

    /// <summary>True for a namespace that has this name.</summary>
    public static bool Exists(string name) => File.Exists(Path.Combine(Folder, name));

    /// <summary>Removes the namespaces, and with them the cable and all that was set on it.</summary>
    public void Dispose()
    {
        foreach (var side in new[] { BrokerSide, ClientSide })
        {
            if (Exists(side))
            {
                Ip("netns", "del", side);
            }
        }

        foreach (var (name, _) in Open.Where(entry => entry.Value == this))
        {
            Open.TryRemove(name, out _);
        }
    }

    /// <summary>Removes the namespaces of runs that are over, and the programs that still run in them.</summary>
    public static void RemoveStaleOnes()
    {
        var ip = Programs.Find("ip");
        if (ip is null || !Directory.Exists(Folder))
        {
            return;
        }

        lock (Open)
        {
            foreach (var name in Directory.GetFiles(Folder, Prefix + "*").Select(path => Path.GetFileName(path)).Where(IsStale))
            {
                foreach (var program in SystemCommand.Run([ip, "netns", "pids", name]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    End(int.Parse(program, CultureInfo.InvariantCulture));
                }

                SystemCommand.Run([ip, "netns", "del", name]);
            }
        }
    }

    private static bool IsStale(string name) => !Directory.Exists($"/proc/{name[Prefix.Length..].Split('-')[0]}");

    private static void End(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has just ended by itself.
        }
    }

    private void SetUp(string side, string address, int mtu)
    {
        Ip("-n", side, "link", "set", "lo", "up");
        Ip("-n", side, "addr", "add", address, "dev", Device);

        // Every packet that is counted, lost or delayed shall be one of the size that the link allows, and none of IPv6's own.
        Ip("-n", side, "link", "set", Device, "addrgenmode", "none");
        Ip("-n", side, "link", "set", Device, "mtu", mtu.ToString(CultureInfo.InvariantCulture), "gso_max_segs", "1");
        Ip("-n", side, "link", "set", Device, "up");
    }

    private void IfPermitted(params string[] arguments) => SystemCommand.Run([_ip, .. arguments], mayBeRefused: true);

    private void Ip(params string[] arguments) => SystemCommand.Run([_ip, .. arguments]);
}
