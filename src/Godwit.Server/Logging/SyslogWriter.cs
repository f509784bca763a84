using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Godwit.Server.Logging;

/// <summary>Sends each line to the system's log over its local socket, in the form that syslog(3) uses: facility daemon.</summary>
/// <param name="path">Of the socket, mostly /dev/log.</param>
internal sealed class SyslogWriter(string path) : TextWriter
{
    private const int FacilityDaemon = 3 << 3;

    private Socket? _socket;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Sends one line; it is lost when nobody takes it.</summary>
    /// <param name="value">A line of <see cref="SystemdLines"/>: its priority is taken from there.</param>
    public override void WriteLine(string? value)
    {
        if (value is null)
        {
            return;
        }

        var priority = value.Length > 2 && value[0] == '<' ? value[1] - '0' : 6;
        var sentence = value.Length > 2 && value[0] == '<' ? value[3..] : value;
        Send(string.Create(CultureInfo.InvariantCulture, $"<{FacilityDaemon + priority}>godwit[{Environment.ProcessId}]: {sentence}"));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Send(string datagram)
    {
        try
        {
            if (_socket is null)
            {
                _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
                _socket.Connect(new UnixDomainSocketEndPoint(path));
            }

            _socket.Send(Encoding.UTF8.GetBytes(datagram));
        }
        catch (SocketException)
        {
            _socket?.Dispose();         // the system's log was restarted: this line is lost, the next finds the new one
            _socket = null;
        }
    }
}
