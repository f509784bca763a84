using System.Globalization;
using System.Text;
using Godwit.Kills.Audit;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Tests;

/// <summary>The auditor judges traces that are written by hand: one PUBLISH of QoS 1, and its PUBACK.</summary>
public sealed class FlushAuditorTests
{
    private const string Store = "/data/hot-1.seg";
    private const string Mark = "the payload";

    private static readonly byte[] Publish = new Packets(ProtocolVersion.Mqtt5).Publish("audit/1", Encoding.ASCII.GetBytes(Mark), QoS.AtLeastOnce, 1);
    private static readonly byte[] Puback = Packets.Acknowledge(PacketType.Puback, 1);

    private static readonly string Came = Line(1, "recvfrom", "socket:[7]", Publish);
    private static readonly string Left = Line(1, "sendto", "socket:[7]", Puback);
    private static readonly string Written = Line(2, "pwrite64", Store, Encoding.ASCII.GetBytes($"a record with {Mark} in it"));
    private static readonly string Flushed = Flush(Store);

    public static TheoryData<string, int, string[]> Traces => new()
    {
        { "written, flushed, acknowledged", 0, [Came, Written, Flushed, Left] },
        { "the same, with threads", 0, [Came, Begin(Written), Flush("/data/cold-1.seg", thread: 3), End(Written), Begin(Flushed), End(Flushed), Begin(Left), End(Left)] },
        { "nothing written", 1, [Came, Left] },
        { "written and not flushed", 1, [Came, Written, Left] },
        { "flushed afterwards", 1, [Came, Written, Left, Flushed] },
        { "flushed before it was written", 1, [Came, Flushed, Written, Left] },
        { "flushed while it was being written", 1, [Came, Begin(Written), Flush(Store, thread: 3), End(Written), Left] },
        { "acknowledged while it was being flushed", 1, [Came, Written, Begin(Flushed), Left, End(Flushed)] },
        { "the flush has failed", 1, [Came, Written, Flushed.Replace("= 0", "= -1 EIO (Input/output error)", StringComparison.Ordinal), Left] },
        { "another file was flushed", 1, [Came, Written, Flush("/data/hot-2.seg"), Left] },
        { "written elsewhere", 1, [Came, Line(2, "pwrite64", "/tmp/other", Encoding.ASCII.GetBytes(Mark)), Flush("/tmp/other"), Left] },
        { "another message was written", 1, [Came, Line(2, "pwrite64", Store, "another message"u8.ToArray()), Flushed, Left] },
        { "written before it came", 1, [Written, Came, Flushed, Left] },
    };

    [Theory, MemberData(nameof(Traces))]
    public void An_acknowledgement_may_leave_when_its_record_is_flushed(string what, int violations, string[] trace)
    {
        var report = new FlushAuditor(TraceReader.Read(trace), "/data", "audit/").Run();

        Assert.True(report.Violations.Count == violations, $"{what}: {report}");
        Assert.Equal(1, report.Audited[PacketType.Puback]);
    }

    [Fact]
    public void Packets_are_found_however_the_stream_is_cut()
    {
        string[] trace =
        [
            Line(1, "recvfrom", "socket:[7]", Publish[..5]),
            Line(1, "recvfrom", "socket:[7]", Publish[5..]),
            Written,
            Flushed,
            Line(1, "sendto", "socket:[7]", Puback[..1]),
            Line(1, "sendto", "socket:[7]", Puback[1..]),
        ];

        var report = new FlushAuditor(TraceReader.Read(trace), "/data", "audit/").Run();

        Assert.Empty(report.Violations);
        Assert.Equal(1, report.Audited[PacketType.Puback]);
    }

    [Fact]
    public void A_trace_that_lacks_bytes_is_not_judged() =>
        Assert.Throws<FormatException>(() => TraceReader.Read([Came.Replace("= " + Publish.Length.ToString(CultureInfo.InvariantCulture), "= 999", StringComparison.Ordinal)]));

    private static string Line(int thread, string call, string target, byte[] data) =>
        string.Create(CultureInfo.InvariantCulture, $"{thread} {call}(5<{Hex(Encoding.ASCII.GetBytes(target))}>, \"{Hex(data)}\", 4096, 0) = {data.Length}");

    private static string Flush(string target, int thread = 2) =>
        string.Create(CultureInfo.InvariantCulture, $"{thread} fsync(5<{Hex(Encoding.ASCII.GetBytes(target))}>) = 0");

    private static string Begin(string line) => line[..line.LastIndexOf(')')] + " <unfinished ...>";

    private static string End(string line)
    {
        var call = line.Split(' ', '(');
        return $"{call[0]} <... {call[1]} resumed>{line[line.LastIndexOf(')')..]}";
    }

    private static string Hex(byte[] bytes) => string.Concat(bytes.Select(part => string.Create(CultureInfo.InvariantCulture, $"\\x{part:x2}")));
}
