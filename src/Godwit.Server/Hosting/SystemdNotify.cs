using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Godwit.Server.Hosting;

/// <summary>Tells the service manager how the process is, over the datagram socket that it names (sd_notify(3)). Any thread.</summary>
public sealed class SystemdNotify : IDisposable
{
    private readonly Socket _socket;
    private readonly UnixDomainSocketEndPoint _address;

    private SystemdNotify(string address)
    {
        // A leading @ stands for the zero byte of an abstract address.
        _address = new UnixDomainSocketEndPoint(address.StartsWith('@') ? '\0' + address[1..] : address);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    }

    /// <summary>Half of the time after which the service manager takes a silent process for dead; null: it does not watch.</summary>
    public TimeSpan? WatchdogInterval { get; private init; }

    /// <summary>The service manager that has started this process; null: none asked to be told.</summary>
    public static SystemdNotify? FromEnvironment() => Create(Environment.GetEnvironmentVariable);

    /// <summary>The same with other variables, for tests.</summary>
    internal static SystemdNotify? Create(Func<string, string?> variable)
    {
        var address = variable("NOTIFY_SOCKET");
        if (address is null || address.Length < 2 || address[0] is not ('/' or '@'))
        {
            return null;
        }

        return new SystemdNotify(address) { WatchdogInterval = ReadInterval(variable) };
    }

    /// <summary>Clients can connect; also the end of a reload.</summary>
    /// <param name="status">One line for people, e.g. the ports.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>A reload has begun; <see cref="Ready"/> ends it.</summary>
    public void Reloading()
    {
        // On Linux the stopwatch is the clock that systemd compares with.
        var microseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}\nSTATUS=reloading"));
    }

    /// <summary>The end has begun.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=stopping");

    /// <summary>Alive.</summary>
    public void Watchdog() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static TimeSpan? ReadInterval(Func<string, string?> variable)
    {
        var process = variable("WATCHDOG_PID");
        var isMeant = process is null || string.Equals(process, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return isMeant && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 1
            ? TimeSpan.FromMicroseconds(microseconds / 2)
            : null;
    }

    private void Send(string state)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _address);
        }
        catch (SocketException)
        {
            // Nobody listens, or no longer: the broker is not the worse for it.
        }
    }
}
