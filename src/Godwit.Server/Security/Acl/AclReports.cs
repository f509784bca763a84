using System.Collections.Concurrent;
using System.Text;
using Godwit.Broker.Security;

namespace Godwit.Server.Security.Acl;

/// <summary>Thins out what is reported: one line for a rule, a user and a minute.</summary>
internal sealed class AclReports(TimeProvider time, Action<AclReport> write)
{
    private const int LinesPerMinuteMax = 1000;

    private readonly ConcurrentDictionary<(AclRule? Rule, string User), bool> _written = new();
    private long _minute;

    /// <summary>Reports, unless it was done in this minute.</summary>
    public void Write(in Subject who, AclActions action, ReadOnlySpan<byte> topic, AclRule? rule)
    {
        var minute = time.GetTimestamp() / (time.TimestampFrequency * 60);
        if (Interlocked.Exchange(ref _minute, minute) != minute)
        {
            _written.Clear();
        }

        if (_written.Count >= LinesPerMinuteMax || !_written.TryAdd((rule, who.UserName ?? ""), value: true))
        {
            return;
        }

        write(new AclReport(rule, who.ClientId, who.UserName, who.Identity?.Address, action, Encoding.UTF8.GetString(topic)));
    }
}
