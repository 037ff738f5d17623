from spinfem.case.devices import Script, find_script, scripts, shipped


def test_the_valve_is_listed_with_its_parameters():
    valve = scripts()["nonlocal_valve"]
    assert valve.title == "Lateral non-local spin valve"
    parameters = {parameter.name: parameter for parameter in valve.parameters}
    assert (parameters["separation"].default, parameters["separation"].unit) == ("500", "nm")
    assert parameters["separation"].label == "Separation, centre to centre"


def test_a_parameter_without_unit_and_a_number_that_is_none(tmp_path):
    file = tmp_path / "coil.geo"
    constants = 'DefineConstant[\n turns = {3, Min 1, Name "Device/2turns"}\n inner = {3, Min 1}\n];\n'
    file.write_text(constants + "x = {1, 2};\n")
    (parameter,) = Script(file).parameters
    assert (parameter.name, parameter.default, parameter.unit) == ("turns", "3", "")
    assert Script(file).title == ""


def test_a_script_is_found_with_and_without_its_ending(tmp_path):
    assert find_script("nonlocal_valve", tmp_path) == shipped("meshes") / "nonlocal_valve.geo"
    (tmp_path / "own.geo").touch()
    assert find_script("own.geo", tmp_path) == tmp_path / "own.geo"
    assert find_script("other", tmp_path) is None


def test_every_device_has_a_title_and_a_case_to_start_from():
    drawn = {
        line.split()[1].removesuffix(".geo")
        for path in shipped("cases").glob("*.yaml")
        for line in path.open()
        if line.startswith("  script: ")
    }
    for name, device in scripts().items():
        assert device.title, name
        assert name in drawn
