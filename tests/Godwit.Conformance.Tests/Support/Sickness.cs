namespace Godwit.Conformance.Tests.Support;

/// <summary>Ways in which a broker may be broken.</summary>
internal static class Sickness
{
    private static readonly byte[] Connack3 = [0x20, 0x02, 0x00, 0x00];
    private static readonly byte[] Connack5 = [0x20, 0x03, 0x00, 0x00, 0x00];

    /// <summary>Accepts connections and says nothing, ever.</summary>
    public static Task SaysNothing(Stream stream, CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);

    /// <summary>Closes each connection at once.</summary>
    public static Task HangsUp(Stream stream, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Answers each connection with bytes that are no packet.</summary>
    public static async Task TalksNonsense(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), cancellation);
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    /// <summary>Accepts every client and then neither reads nor writes.</summary>
    public static async Task FallsAsleep(Stream stream, CancellationToken cancellation)
    {
        await AcceptAsync(stream, cancellation);
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    /// <summary>Accepts every client and closes the connection.</summary>
    public static Task AcceptsAndHangsUp(Stream stream, CancellationToken cancellation) => AcceptAsync(stream, cancellation);

    /// <summary>Accepts every client and sends PINGRESP for ever.</summary>
    public static async Task Babbles(Stream stream, CancellationToken cancellation)
    {
        await AcceptAsync(stream, cancellation);
        while (true)
        {
            await stream.WriteAsync(new byte[] { 0xD0, 0x00 }, cancellation);
            await Task.Delay(1, cancellation);
        }
    }

    /// <summary>Reads CONNECT as far as the version and accepts.</summary>
    public static async Task AcceptAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[65_536];
        var count = await stream.ReadAsync(buffer, cancellation);
        var isVersion5 = buffer.AsSpan(0, count).IndexOf("MQTT\u0005"u8) >= 0;
        await stream.WriteAsync(isVersion5 ? Connack5 : Connack3, cancellation);
    }
}
