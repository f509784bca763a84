using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto.Scenarios;

/// <summary>Encryption, client certificates, and WebSocket with encryption.</summary>
internal static class TlsScenarios
{
    private const string Ca = "--cafile /etc/mosquitto/certs/ca.crt";

    internal static async Task PasswordAsync(ExampleRun run)
    {
        var inside = await run.SubscribeAsync("inside", "-p 1883 -u roadrunner -P 'beep beep' -t '#'");
        await run.PublishAsync("no password", $"-p 8883 {Ca} -t road -m beep");
        run.See("wrong CA", (await Refused(run, "-p 8883 --cafile /etc/mosquitto/certs/stranger.crt -u roadrunner -P 'beep beep' -t road -m beep")).ToString());
        await run.PublishAllAsync(
            ("TLS 1.2", $"-p 8883 {Ca} --tls-version tlsv1.2 -u roadrunner -P 'beep beep' -t road -m 1.2 -q 1"),
            ("TLS 1.3", $"-p 8883 {Ca} --tls-version tlsv1.3 -u roadrunner -P 'beep beep' -t road -m 1.3 -q 1"),
            ("the end", $"-p 8883 {Ca} -V 5 -u roadrunner -P 'beep beep' -t end -m 1 -q 2"));
        await run.ReceiveAsync("inside gets", inside, "end");
    }

    internal static async Task VersionAsync(ExampleRun run)
    {
        await run.PublishAsync("TLS 1.3", $"-p 8883 {Ca} --tls-version tlsv1.3 -t road -m 1.3 -q 1");
        var old = $"-p 8883 {Ca} --tls-version tlsv1.2 -t road -m 1.2 -q 1";
        await run.PublishAsync("TLS 1.3 at least", old);
        var sub = await run.SubscribeAsync("subscriber", $"-p 8883 {Ca} -t '#'");
        await run.PublishAsync("the end", $"-p 8883 {Ca} -t end -m 1");
        await run.ReceiveAsync("subscriber gets", sub, "end");
    }

    internal static async Task ClientCertificatesAsync(ExampleRun run)
    {
        var meter = await run.SubscribeAsync("meter", $"-p 8883 {Ca} {Pair("client")} -t 'commands/#' -t 'broadcast/#' -t 'meters/#' -V 5");
        await run.PublishAllAsync(
            ("its own topic", $"-V 5 -p 8883 {Ca} {Pair("client")} -t meters/meter-7/power -m 42 -q 1"),
            ("another topic", $"-V 5 -p 8883 {Ca} {Pair("client")} -t meters/meter-8/power -m 42 -q 1"),
            ("the name in CONNECT does not count", $"-V 5 -p 8883 {Ca} {Pair("client")} -u meter-8 -P x -t meters/meter-8/power -m 42 -q 1"),
            ("another meter", $"-V 5 -p 8883 {Ca} {Pair("revoked")} -t meters/meter-7/power -m 42 -q 1"));
        run.See("no certificate", (await Refused(run, $"-p 8883 {Ca} -t meters/meter-7/power -m 42")).ToString());
        run.See("a stranger's certificate", (await Refused(run, $"-p 8883 {Ca} {Pair("stranger")} -t meters/meter-7/power -m 42")).ToString());
        await run.DropAsync(meter);
    }

    internal static async Task RevokedAsync(ExampleRun run)
    {
        var meter = await run.SubscribeAsync("the subject is the user", $"-p 8883 {Ca} {Pair("client")} -t 'meters/#'");
        run.See("a revoked certificate", (await Refused(run, $"-p 8883 {Ca} {Pair("revoked")} -t meters/x -m 42")).ToString());
        await run.PublishAsync("a good one", $"-V 5 -p 8883 {Ca} {Pair("client")} -t meters/end -m 1 -q 1");
        await run.PublishAsync("another topic", $"-V 5 -p 8883 {Ca} {Pair("client")} -t elsewhere -m 1 -q 1");
        await run.ReceiveAsync("meter gets", meter, "meters/end");
    }

    internal static async Task ManyNamesAsync(ExampleRun run)
    {
        var admin = await run.SubscribeAsync("admin", "-p 1883 -u admin -P adm1n -t '#'");
        await run.PublishAllAsync(
            ("the common name", $"-V 5 -p 8883 {Ca} {Pair("client")} -t by-identity/a -m 1 -q 1"),
            ("the common name has not the rights of the subject", $"-V 5 -p 8883 {Ca} {Pair("client")} -t by-subject/a -m 1 -q 1"),
            ("the subject", $"-V 5 -p 8884 {Ca} {Pair("client")} -t by-subject/a -m 2 -q 1"),
            ("the subject has not the rights of the common name", $"-V 5 -p 8884 {Ca} {Pair("client")} -t by-identity/a -m 2 -q 1"),
            ("the user name is the client identifier", "-V 5 -p 1883 -i somebody -u roger -P jolly -t by-client/roger -m 3 -q 1"),
            ("the client identifier that was sent does not count", "-V 5 -p 1883 -i somebody -u roger -P jolly -t by-client/somebody -m 3 -q 1"),
            ("the end", $"-V 5 -p 8884 {Ca} {Pair("client")} -t by-subject/end -m end -q 1"));
        await run.ReceiveAsync("admin gets", admin, "by-subject/end");
    }

    internal static async Task WebSocketsAsync(ExampleRun run)
    {
        using var page = new WebSocketClient();
        run.See("CONNACK", await page.ConnectAsync(run.Example.Port(8081), "/mqtt", "mqtt", "page", isSecure: true));
        run.See("SUBACK", await page.SubscribeAsync("chat/+"));
        await run.PublishAsync("to the page", "-p 1883 -t chat/tcp -m hello -q 1");
        run.See("the page gets", await page.NextAsync());
    }

    private static string Pair(string name) => $"--cert /etc/mosquitto/certs/{name}.crt --key /etc/mosquitto/certs/{name}.key";

    /// <summary>Whether the handshake failed: what OpenSSL says about it depends on when the alert arrives.</summary>
    private static async Task<bool> Refused(ExampleRun run, string command) => await run.ExitCodeAsync(command) != 0;
}
