using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto.Scenarios;

/// <summary>Plugins of Mosquitto 2.1 that are nothing but other words for options of 2.0.</summary>
internal static class PluginScenarios
{
    internal static async Task FilesAsync(ExampleRun run)
    {
        var admin = await run.SubscribeAsync("admin", "-p 1883 -u admin -P adm1n -t 'house/#'");
        await run.PublishAllAsync(
            ("no name", "-p 1883 -t house/door -m open"),
            ("roger writes house/door, 5.0", "-V 5 -p 1883 -u roger -P jolly -t house/door -m open -q 1"),
            ("roger writes house/safe, 5.0", "-V 5 -p 1883 -u roger -P jolly -t house/safe -m open -q 1"),
            ("guest has no rule, 5.0", "-V 5 -p 1883 -u guest -P guest -t house/door -m open -q 1"),
            ("the end", "-p 1883 -u admin -P adm1n -t house/end -m end"));
        await run.ReceiveAsync("admin gets", admin, "house/end");
    }

    internal static async Task GlobalAsync(ExampleRun run)
    {
        await run.PublishAllAsync(
            ("no name where there are users", "-p 1883 -t house/door -m open"),
            ("roger, 5.0", "-V 5 -p 1883 -u roger -P jolly -t house/door -m open -r -q 1"),
            ("nobody writes on this machine, 5.0", "-V 5 -p 1884 -t house/door -m shut -q 1"));
        await run.DropAsync(await run.SubscribeAsync("a session", "-p 1884 -i away -c -t house/end -q 1"));
        await run.PublishAsync("while it is away", "-p 1883 -u roger -P jolly -t house/end -m end -q 1");
        await run.Broker.RestartAsync();
        var back = await run.SubscribeAsync("the session is back", "-p 1884 -i away -c -t 'house/end' -q 1");
        await run.ReceiveAsync("it gets", back, "house/end");
        await run.CollectAsync("retained", "-p 1884 -t house/door -C 1");
    }
}
