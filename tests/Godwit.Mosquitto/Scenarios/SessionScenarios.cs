using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto.Scenarios;

/// <summary>Sessions, what is kept, and limits.</summary>
internal static class SessionScenarios
{
    internal static async Task AwayAsync(ExampleRun run)
    {
        const string Plant = "-p 1883 -i plant -c -t 'line/#' -q 1";
        await run.DropAsync(await run.SubscribeAsync("the plant comes", Plant));
        await run.PublishAsync("twelve messages", "-p 1883 -i line -t line/1 -m part -q 1 --repeat 12");
        await run.PublishAsync("the last", "-p 1883 -i line -t line/end -m end -q 2");
        await run.Broker.RestartAsync();
        var back = await run.SubscribeAsync("the plant is back", Plant);
        await run.ReceiveAsync("all of it, in order", back, "line/end");
    }

    internal static async Task RestartAsync(ExampleRun run)
    {
        const string Away = "-p 1883 -i away -c -t 'a/+' -q 2";
        await run.DropAsync(await run.SubscribeAsync("a session", Away));
        await run.PublishAllAsync(
            ("QoS 0 while away", "-p 1883 -t a/0 -m zero -q 0"),
            ("QoS 1 while away", "-p 1883 -t a/1 -m one -q 1"),
            ("retained", "-p 1883 -t kept/x -m 'for good' -q 1 -r"),
            ("retained, 5.0", "-V 5 -p 1883 -t kept/y -m 'with properties' -q 1 -r -D PUBLISH content-type text/plain"));
        await run.Broker.RestartAsync();
        await run.PublishAsync("QoS 2 after the restart", "-p 1883 -t a/2 -m two -q 2");
        var back = await run.SubscribeAsync("the session is back", Away);
        await run.ReceiveAsync("it gets", back, "a/2");
        await run.CollectAsync("what is retained", "-V 5 -p 1883 -t kept/x -C 1");
        await run.CollectAsync("what is retained with properties", "-V 5 -p 1883 -t kept/y -C 1 -F '> %t=%p %C'");
    }

    internal static async Task KeepAliveAsync(ExampleRun run)
    {
        await run.PublishAllAsync(
            ("3.1.1, 20 s", "-p 1883 -k 20 -t a -m 1"),
            ("3.1.1, 60 s", "-p 1883 -k 60 -t a -m 1"),
            ("5.0, 20 s", "-V 5 -p 1883 -k 20 -t a -m 1"),
            ("5.0, 60 s", "-V 5 -p 1883 -k 60 -t a -m 1"));
    }

    internal static async Task LimitsAsync(ExampleRun run)
    {
        await run.PublishAllAsync(
            ("a packet of 900 bytes", $"-V 5 -p 1883 -t a -m {new string('x', 880)} -q 1"),
            ("a packet of 1100 bytes, 5.0", $"-V 5 -p 1883 -t a -m {new string('x', 1090)} -q 1"),
            ("a packet of 1100 bytes, 3.1.1", $"-p 1883 -t a -m {new string('x', 1090)} -q 1"),
            ("QoS 2, 5.0", "-V 5 -p 1883 -t a -m 1 -q 2"));

        await run.DropAsync(await run.SubscribeAsync("a session", "-p 1883 -i away -c -t queue -q 1"));
        await run.PublishAsync("twenty messages", "-p 1883 -t queue -m x -q 1 --repeat 20");
        await run.CollectAsync("those that were kept", "-p 1883 -i away -c -t queue -q 1 -W 1");

        var first = await run.SubscribeAsync("first", "-p 1883 -i s1 -t a -t end -q 2 -V 5");
        var second = await run.SubscribeAsync("second", "-p 1883 -i s2 -t a -t end -q 2");
        var third = await run.SubscribeAsync("third", "-p 1883 -i s3 -t a");
        run.See("a fourth", (await run.ExitCodeAsync("-p 1883 -i s4 -t b -m 1") == 0).ToString());
        await run.DropAsync(third);
        await run.PublishUntilAcceptedAsync("the place is free again", "-p 1883 -i s5 -t end -m end -q 1");
        await run.ReceiveAsync("first gets", first, "end");
        await run.ReceiveAsync("second gets", second, "end");
    }

    internal static async Task NoRetainAsync(ExampleRun run)
    {
        await run.PublishAllAsync(
            ("not retained", "-p 1883 -t a -m 1 -q 1"),
            ("retained, 3.1.1", "-p 1883 -t a -m 1 -r -q 1"),
            ("retained, 5.0", "-V 5 -p 1883 -t a -m 1 -r -q 1"),
            ("a will that is retained, 5.0", "-V 5 -p 1883 --will-topic gone --will-payload x --will-retain -t a -m 1"));
        await run.CollectAsync("nothing is kept", "-p 1883 -t a -W 1");
    }

    internal static async Task SystemTopicsAsync(ExampleRun run)
    {
        await run.CollectAsync("clients connected", "-p 1883 -t '$SYS/broker/clients/connected' -C 1 -F '> %t'");
        await run.CollectAsync("an update a second", "-p 1883 -t '$SYS/broker/uptime' -C 2 -F '> %t'");
        await run.CollectAsync("not in #", "-p 1883 -t '#' -W 1");
        await run.PublishAsync("nobody else writes there", "-V 5 -p 1883 -t '$SYS/broker/version' -m mine -q 1");
    }
}
